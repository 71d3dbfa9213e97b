package format

// SetConnect changes what RecordOptions.Connect says, for the connections that are opened from now on.
func (r *Recorder) SetConnect(words string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.opts.Connect = words
}
