#!/usr/bin/env python3
"""make.py: records associations of openssl s_client and s_server in DTLS on the loopback interface, with their secrets.

The client sends three DNS queries, and the server answers each. NAME.txt holds the command lines, the key log, and a datagram a line: "> " from the client, "< " from the server, in hexadecimal. "# key " is the server's private key (PKCS #1), where the key exchange is RSA."""
import os, select, socket, struct, subprocess, sys, tempfile, threading, time

LOW = ":@SECLEVEL=0"
CASES = {  # name: cipher suites, arguments of s_server, of s_client
    "dtls12-gcm": ("ECDHE-RSA-AES128-GCM-SHA256", "-dtls1_2", "-dtls1_2"),
    "dtls12-gcm-verified": ("ECDHE-RSA-AES256-GCM-SHA384", "-dtls1_2 -listen", "-dtls1_2"),
    "dtls12-chacha": ("ECDHE-RSA-CHACHA20-POLY1305", "-dtls1_2", "-dtls1_2"),
    "dtls12-ccm": ("AES128-CCM", "-dtls1_2", "-dtls1_2"),
    "dtls12-ccm8": ("AES256-CCM8", "-dtls1_2", "-dtls1_2"),
    "dtls12-sha-etm": ("AES128-SHA", "-dtls1_2", "-dtls1_2"),
    "dtls12-sha-mte": ("AES256-SHA", "-dtls1_2 -no_etm", "-dtls1_2"),
    "dtls12-sha384-etm": ("ECDHE-RSA-AES256-SHA384", "-dtls1_2", "-dtls1_2"),
    "dtls12-null": ("NULL-SHA256", "-dtls1_2", "-dtls1_2"),
    "dtls10-etm": ("AES128-SHA", "-dtls1", "-dtls1"),
    "dtls10-mte": ("AES256-SHA", "-dtls1 -no_etm", "-dtls1"),
    "dtls12-rsa": ("AES128-GCM-SHA256", "-dtls1_2 -listen -mtu 320 -Verify 1", "-dtls1_2 -mtu 320 -cert cert.pem -key key.pem"),
    "dtls10-rsa": ("AES128-SHA", "-dtls1 -mtu 320", "-dtls1 -mtu 320"),
    "dtls12-renegotiation": ("ECDHE-RSA-AES128-GCM-SHA256", "-dtls1_2 -client_renegotiation", "-dtls1_2"),
}
RESUMED = {  # the same; two associations, NAME-1 and NAME-2
    "dtls12-ticket": ("ECDHE-RSA-AES128-GCM-SHA256", "-dtls1_2", "-dtls1_2"),
    "dtls12-identifier": ("ECDHE-RSA-AES128-GCM-SHA256", "-dtls1_2 -no_ticket", "-dtls1_2"),
}

def name(n): return b"\x02q%d\x07example\x00" % n
def query(n): return struct.pack(">6H", 0x1230 + n, 0x0100, 1, 0, 0, 0) + name(n) + struct.pack(">2H", 1, 1)
def reply(n): return struct.pack(">6H", 0x1230 + n, 0x8180, 1, 1, 0, 0) + name(n) + struct.pack(">2H", 1, 1) + struct.pack(">3HIH", 0xc00c, 1, 1, 60, 4) + bytes([192, 0, 2, n])

def proxy(s, port, log, stop):
    server, client = ("127.0.0.1", port), None
    while not stop.is_set():
        if not select.select([s], [], [], 0.1)[0]: continue
        data, source = s.recvfrom(1 << 16)
        if source == server:
            log.append("< " + data.hex()); s.sendto(data, client)
        else:
            client = source; log.append("> " + data.hex()); s.sendto(data, server)

def associate(tmp, port, server, cipher, args, file, renegotiate, keys):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0)); log, stop = [], threading.Event()
    t = threading.Thread(target=proxy, args=(s, port, log, stop)); t.start()
    c = subprocess.Popen(["openssl", "s_client", "-connect", "127.0.0.1:%d" % s.getsockname()[1], "-servername", "keys.example", "-keylogfile", keys, "-cipher", cipher + LOW, *([] if renegotiate else ["-quiet", "-no_ign_eof"]), *args.split()], cwd=tmp, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    for n in range(1, 4):
        if renegotiate and n == 2:
            c.stdin.write(b"R\n"); c.stdin.flush(); time.sleep(0.7)
        c.stdin.write(query(n)); c.stdin.flush(); time.sleep(0.3)
        server.stdin.write(reply(n)); server.stdin.flush(); time.sleep(0.3)
    c.stdin.close(); time.sleep(0.3); c.kill(); c.wait(); stop.set(); t.join(); s.close()
    return log

def record(names, cipher, sargs, cargs, tmp, port):
    server = subprocess.Popen(["openssl", "s_server", "-accept", str(port), "-cert", "cert.pem", "-key", "key.pem", "-cipher", cipher + LOW, "-quiet", *sargs.split()], cwd=tmp, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    for i, file in enumerate(names):
        keys, args = os.path.join(tmp, file + ".keys"), cargs
        if len(names) > 1: args += " -sess_out sess" if i == 0 else " -sess_in sess"
        log = associate(tmp, port, server, cipher, args, file, "renegotiation" in file, keys)
        with open(file + ".txt", "w") as f:
            print("# openssl s_server %s; s_client %s -cipher %s" % (sargs, args, cipher), file=f)
            if file.endswith("-rsa"): print("# key " + subprocess.run("openssl rsa -in key.pem -outform DER -traditional".split(), cwd=tmp, capture_output=True, check=True).stdout.hex(), file=f)
            for line in open(keys):
                if not line.startswith("#"): print(line.strip(), file=f)
            print("\n".join(log), file=f)
    server.kill(); server.wait()

with tempfile.TemporaryDirectory() as tmp:
    subprocess.run("openssl req -x509 -newkey rsa:1024 -nodes -keyout key.pem -out cert.pem -days 3650 -subj /CN=keys.example".split(), cwd=tmp, check=True, stderr=subprocess.DEVNULL)
    for i, (name_, case) in enumerate(CASES.items()):
        if len(sys.argv) < 2 or name_ in sys.argv[1:]: record([name_], *case, tmp, 14600 + i)
    for i, (name_, case) in enumerate(RESUMED.items()):
        if len(sys.argv) < 2 or name_ in sys.argv[1:]: record([name_ + "-1", name_ + "-2"], *case, tmp, 14700 + i)
