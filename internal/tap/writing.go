package tap

import "time"

// idleTime is after which what may be wanted again is given up: a goroutine that has nothing to
// write, a buffer that nothing comes into.
const idleTime = time.Second

// await waits until something has changed; the caller holds mu.
func (w *writer) await() {
	w.kick()
	w.changed.Wait()
}

// kick has what has gathered be written, and those told who wait for that; the caller holds mu.
func (w *writer) kick() {
	if len(w.out) > 0 && !w.writing && w.werr == nil {
		w.writing = true
		w.run()
	}
}

// run has the writing goroutine go on, or start; the caller holds mu.
func (w *writer) run() {
	if w.used = true; w.running {
		w.changed.Broadcast()
		return
	}
	w.running, w.retired = true, false
	w.look = time.AfterFunc(idleTime, w.retire)
	go w.conn.write()
}

// retire ends a writing goroutine that has had nothing to do since it looked last.
func (w *writer) retire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case !w.running:
	case w.used || w.writing:
		w.used = false
		w.look.Reset(idleTime)
	default:
		w.retired = true
		w.changed.Broadcast()
	}
}

// stop ends all writing with err, the first time.
func (w *writer) stop(err error) {
	w.mu.Lock()
	if w.werr == nil {
		w.werr = err
	}
	w.mu.Unlock()
	w.changed.Broadcast()
}

// write is the writing goroutine: it writes the rest of a batch, and whatever has gathered, and
// waits for a while for more.
func (c *Conn) write() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.werr == nil && (c.writing || !c.retired) {
		switch rest := c.rest; {
		case c.trying:
			c.changed.Wait()
		case len(rest) > 0:
			c.rest = nil
			c.writeBatch(rest, c.nc.Write)
		case len(c.out) > 0:
			c.writeBatch(c.batch(), c.nc.Write)
		case c.writing:
			c.written()
		default:
			c.changed.Wait()
		}
	}
	give(c.spare)
	c.running, c.spare = false, nil
	c.look.Stop()
	c.look = nil
	if !c.trying {
		c.written()
	}
}

// written is the end of the writing: nothing has gathered, or nothing more leaves; the caller holds
// mu.
func (c *Conn) written() {
	c.writing = false
	if len(c.rest) > 0 {
		c.lose(len(c.rest), c.werr)
	}
	c.rest, c.whole = nil, nil
	if c.keys != nil && !c.busy {
		keySources.Put(c.keys)
		c.keys = nil
	}
	c.changed.Broadcast()
}

// writeNow is the reader's: it writes what WriteAnswer has left.
func (c *Conn) writeNow() {
	c.owed = false
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tryNow()
}

// tryNow writes what has gathered, and leaves to the writing goroutine what the peer does not take
// at once; the caller holds mu, which is let go of meanwhile.
func (c *Conn) tryNow() {
	if c.writing || c.werr != nil || len(c.out) == 0 {
		return // somebody else sees to it, or nobody can
	}
	c.writing, c.trying = true, true
	c.writeBatch(c.batch(), c.now.write)
	c.trying = false
	if c.werr == nil && len(c.rest)+len(c.out) > 0 {
		c.run()
		return
	}
	c.written()
}

// batch takes what has gathered, and shows it; the caller holds mu, which is let go of meanwhile.
func (c *Conn) batch() []byte {
	batch, more, onWrite := c.out, c.busy, c.onWrite
	c.out = nil
	c.passed += int64(len(batch))
	c.changed.Broadcast()
	if onWrite != nil {
		c.mu.Unlock()
		onWrite(batch, more)
		c.mu.Lock()
	}
	return batch
}

// writeBatch writes a batch with one call of write, which ends the writing when it fails, and
// leaves in rest what has not gone; the caller holds mu, which is let go of meanwhile.
func (c *Conn) writeBatch(batch []byte, write func([]byte) (int, error)) {
	c.mu.Unlock()
	c.peer.write(true, 0)
	n, err := write(batch)
	c.peer.write(false, n)
	c.sent.Add(int64(n))
	c.mu.Lock()
	if err == nil {
		c.wrote(batch, n)
		return
	}
	c.lose(len(batch)-n, err)
	if c.werr == nil {
		c.werr = err
		c.failed.Store(true)
		_ = c.nc.SetReadDeadline(time.Now().Add(lingerTime)) // for a reader that waits
	}
}

// wrote keeps the rest of a batch of which n bytes have gone, or else its buffer; the caller holds
// mu.
func (c *Conn) wrote(batch []byte, n int) {
	if c.whole == nil {
		c.whole = batch
	}
	if n < len(batch) {
		c.rest = batch[n:]
		return
	}
	batch, c.whole = c.whole, nil
	if c.running && c.spare == nil && cap(batch) == outBuffer {
		c.spare = batch[:0]
	} else {
		give(batch)
	}
}

// lose notes that n bytes of a batch do not leave, nor what has gathered behind them; the caller
// holds mu.
func (c *Conn) lose(n int, err error) {
	if !c.closed || n+len(c.out) > c.goodbye {
		c.lost = err
	}
}
