package live

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"wsline/internal/wstest"
)

const servers = "../../testdata/servers"

// missing skips the test because a program is not there; where the live peers are required it
// fails.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("WSLINE_REQUIRE_LIVE") == "1" {
		t.Fatalf("%s, and WSLINE_REQUIRE_LIVE is set", what)
	}
	t.Skip(what)
}

// program is the first of the names that is installed.
func program(t *testing.T, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, names[0]+" is not installed")
	return ""
}

// peer is a server in a process of its own.
type peer struct {
	addr  string
	lines chan string // what it writes on standard output after the first line
	cmd   *exec.Cmd
}

// run starts a server that says "listening on HOST:PORT", and ends it with the test.
func run(t *testing.T, name string, args ...string) *peer {
	t.Helper()
	return runCommand(t, exec.Command(name, args...))
}

func runCommand(t *testing.T, cmd *exec.Cmd) *peer {
	t.Helper()
	p := &peer{lines: make(chan string, 1000), cmd: cmd}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr := new(bytes.Buffer)
	p.cmd.Stderr = stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewScanner(stdout)
	in.Scan()
	first := in.Text()
	read := make(chan struct{})
	go func() {
		defer close(read)
		defer close(p.lines)
		for in.Scan() {
			p.lines <- in.Text()
		}
	}()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		<-read
		p.cmd.Wait()
		if t.Failed() {
			t.Logf("%s: %s", cmd, stderr)
		}
	})
	addr, ok := strings.CutPrefix(first, "listening on ")
	if !ok {
		t.Fatalf("%s said %q", cmd, first)
	}
	p.addr = addr
	return p
}

func node(t *testing.T) *peer {
	t.Helper()
	return nodeServer(t, "server.js")
}

// nodeServer starts one of the servers for Node on a free port.
func nodeServer(t *testing.T, file string) *peer {
	t.Helper()
	path := program(t, "node", "nodejs")
	if _, err := os.Stat(servers + "/node/node_modules/ws"); err != nil {
		missing(t, "the ws package is not there: run npm ci in testdata/servers/node")
	}
	return run(t, path, servers+"/node/"+file, "0")
}

func python(t *testing.T) *peer {
	t.Helper()
	return pythonServer(t, "server.py", "websockets")
}

// pythonServer starts one of the servers for Python, which needs a module of that name.
func pythonServer(t *testing.T, file, module string, args ...string) *peer {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import "+module).Run() == nil {
			return run(t, name, append([]string{servers + "/python/" + file}, args...)...)
		}
	}
	missing(t, "python3-"+module+" is not installed")
	return nil
}

const user, password = "ann", "s3cret"

// nginx puts nginx with TLS and basic auth before a server, and returns its address and its
// CA's file.
func nginx(t *testing.T, backend *peer) (addr, ca string) {
	t.Helper()
	dir := t.TempDir()
	ca = certificates(t, dir)
	writeFile(t, filepath.Join(dir, "htpasswd"), []byte(user+":{PLAIN}"+password+"\n"))
	addr = startNginx(t, dir, "nginx/nginx.conf.tmpl", map[string]string{"Backend": backend.addr})
	return addr, ca
}

// startNginx starts nginx in dir with one of the templates, and returns its address.
func startNginx(t *testing.T, dir, template string, values map[string]string) (addr string) {
	t.Helper()
	path := program(t, "nginx", "/usr/sbin/nginx")
	addr, socket := listener(t)
	values["Dir"], values["Listen"] = dir, addr
	writeFile(t, filepath.Join(dir, "nginx.conf"), fill(t, template, values))
	cmd := exec.Command(path, "-e", "stderr", "-p", dir, "-c", "nginx.conf")
	cmd.ExtraFiles = []*os.File{socket}
	cmd.Env = append(os.Environ(), "NGINX=3;") // the listening socket is file descriptor 3
	daemon(t, cmd, addr)
	return addr
}

// certificates writes server.pem and server.key to dir, and returns the path of the CA's certificate.
func certificates(t *testing.T, dir string) (ca string) {
	t.Helper()
	authority := wstest.NewCA(t)
	cert := authority.Server(t)
	writeFile(t, filepath.Join(dir, "server.pem"), wstest.CertPEM(cert))
	writeFile(t, filepath.Join(dir, "server.key"), wstest.KeyPEM(t, cert))
	ca = filepath.Join(dir, "ca.pem")
	writeFile(t, ca, authority.PEM())
	return ca
}

func writeFile(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
