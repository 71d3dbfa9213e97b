"""Drives a whole session over wsline: python3 drive.py wsline demo:"""
import json
import subprocess
import sys

wsline = subprocess.Popen([sys.argv[1], "--json", "--input", "json", *sys.argv[2:]], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE)

def do(**what):
    print(json.dumps(what), file=wsline.stdin, flush=True)

for event in map(json.loads, wsline.stdout):
    match event:
        case {"type": "open"}:
            do(ping="are you there")
        case {"type": "pong", "dir": "in", "rtt": seconds}:
            print(f"round trip: {seconds * 1000:.1f} ms", file=sys.stderr)
            do(json={"text": "hello"})
        case {"type": "message", "dir": "in", "text": text} if "HELLO" in text:
            print(json.loads(text)["message"])
            do(close={"code": 1000, "reason": "done"})
        case {"type": "error", "message": message}:
            print("it went wrong:", message)
sys.exit(wsline.wait())
