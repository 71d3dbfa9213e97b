package dial

// Preview returns the upgrade request that Dial would send first, with a fresh key, and connects to nothing.
func Preview(cfg *Config) ([]byte, error) { panic("not yet") }
