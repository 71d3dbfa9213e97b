package format

import "time"

// Begin says when what is recorded began, instead of RecordOptions.Start, before the first event;
// zero: with the first event.
func (r *Recorder) Begin(start time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.json.Start = start
}
