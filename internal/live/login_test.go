package live

import (
	"bufio"
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"wsline/internal/wstest"
)

// lighttpd puts lighttpd before a server that echoes, and returns its socket. Below /md5 and /sha-256
// it wants Digest with that hash, below /either with one of both.
func lighttpd(t *testing.T) (socket string) {
	t.Helper()
	path := program(t, "lighttpd", "/usr/sbin/lighttpd")
	backend := wstest.Serve(t, func(p *wstest.Peer) {
		if p.Accept() == nil {
			p.Echo()
		}
	})
	host, port, _ := strings.Cut(backend.Addr(), ":")
	dir := t.TempDir()
	who := user + ":here:"
	secret := []byte(who + password)
	writeFile(t, filepath.Join(dir, "users"), fmt.Appendf(nil, "%s%x\n%s%x\n",
		who, md5.Sum(secret), who, sha256.Sum256(secret)))
	require := func(path, algorithm string) string {
		return `"` + path + `" => ("method" => "digest", "realm" => "here", ` +
			`"require" => "valid-user", "algorithm" => "` + algorithm + `")`
	}
	writeFile(t, filepath.Join(dir, "lighttpd.conf"), []byte(`
server.modules = ("mod_auth", "mod_authn_file", "mod_proxy")
server.document-root = "`+dir+`"
server.bind = "`+dir+`/socket"
auth.backend = "htdigest"
auth.backend.htdigest.userfile = "`+dir+`/users"
auth.require = (`+require("/md5", "MD5")+", "+require("/sha-256", "SHA-256")+", "+
		require("/either", "MD5|SHA-256")+`)
proxy.server = ("" => (("host" => "`+host+`", "port" => `+port+`)))
proxy.header = ("upgrade" => "enable")
`))
	cmd := exec.Command(path, "-D", "-f", filepath.Join(dir, "lighttpd.conf"))
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in, said := bufio.NewScanner(stderr), ""
	for !strings.Contains(said, "server started") && in.Scan() {
		said += in.Text() + "\n"
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		for in.Scan() {
			said += in.Text() + "\n"
		}
	}()
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM) // at once; SIGINT waits for its clients
		<-read
		cmd.Wait()
		if t.Failed() {
			t.Logf("lighttpd: %s", said)
		}
	})
	return dir + "/socket"
}

// A password is taken by a server that knows Digest alone (RFC 7616), with either hash.
func TestDigest(t *testing.T) {
	url := "ws+unix:" + lighttpd(t) + ":"
	for _, path := range []string{"/md5/chat?room=1", "/sha-256/chat", "/either/chat"} {
		pipe(t, "", "--auth", user+":"+password, "--count", "1", url+path, "hello").
			want(t, 0, "hello\n")
	}
	pipe(t, "", "--auth", user+":other", url+"/either/chat", "hello").
		want(t, 5, "", "401 Unauthorized", "check the user and the password")
}
