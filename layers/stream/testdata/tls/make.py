#!/usr/bin/env python3
"""make.py: records conversations of openssl s_client and s_server on the loopback interface, with their secrets.

NAME.txt holds the command lines, the key log, and the bytes: "> " from the client, "< " from the server, in hexadecimal."""
import os, select, socket, subprocess, sys, tempfile, threading, time

ONE = "GET /one HTTP/1.0\r\nHost: keys.example\r\n\r\n"
CASES = {  # name: s_server, s_client
    "tls10-etm": ("-tls1 -cipher AES128-SHA:@SECLEVEL=0", "-tls1 -cipher AES128-SHA:@SECLEVEL=0"),
    "tls10-mte": ("-tls1 -no_etm -cipher AES128-SHA:@SECLEVEL=0", "-tls1 -cipher AES128-SHA:@SECLEVEL=0"),
    "tls11-etm": ("-tls1_1 -cipher AES256-SHA:@SECLEVEL=0", "-tls1_1 -cipher AES256-SHA:@SECLEVEL=0"),
    "tls12-ccm": ("-tls1_2 -cipher AES256-CCM", "-tls1_2 -cipher AES256-CCM"),
    "tls12-ccm8": ("-tls1_2 -cipher AES128-CCM8", "-tls1_2 -cipher AES128-CCM8"),
    "tls12-null": ("-tls1_2 -cipher NULL-SHA256:@SECLEVEL=0", "-tls1_2 -cipher NULL-SHA256:@SECLEVEL=0"),
    "tls12-sha384-etm": ("-tls1_2 -cipher ECDHE-RSA-AES256-SHA384", "-tls1_2 -cipher ECDHE-RSA-AES256-SHA384"),
    "tls12-sha256-mte": ("-tls1_2 -no_etm -cipher ECDHE-RSA-AES128-SHA256", "-tls1_2 -cipher ECDHE-RSA-AES128-SHA256"),
    "tls12-no-ticket": ("-tls1_2 -no_ticket", "-tls1_2"),
    "tls13-ccm": ("-tls1_3 -ciphersuites TLS_AES_128_CCM_SHA256", "-tls1_3 -ciphersuites TLS_AES_128_CCM_SHA256"),
    "tls13-ccm8": ("-tls1_3 -ciphersuites TLS_AES_128_CCM_8_SHA256", "-tls1_3 -ciphersuites TLS_AES_128_CCM_8_SHA256"),
    "tls13-chacha": ("-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256", "-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256"),
    "tls13-aes256-padding": ("-tls1_3 -record_padding 512", "-tls1_3 -record_padding 512 -ciphersuites TLS_AES_256_GCM_SHA384"),
    "tls13-retry": ("-tls1_3 -groups P-521", "-tls1_3 -groups X25519:P-521"),
    "tls13-key-update": ("-tls1_3", "-tls1_3"),
    "tls12-renegotiation": ("-tls1_2 -client_renegotiation", "-tls1_2"),
}
INPUT = {"tls13-key-update": ["K\n", ONE], "tls12-renegotiation": ["R\n", ONE]}

def proxy(listener, port, log):
    a, _ = listener.accept()
    b = socket.create_connection(("127.0.0.1", port))
    ends = {a: (b, "> "), b: (a, "< ")}
    while ends:
        for s in select.select(list(ends), [], [])[0]:
            data = s.recv(1 << 16)
            other, mark = ends[s]
            if data:
                log.append(mark + data.hex())
                other.sendall(data)
                continue
            del ends[s]
            try: other.shutdown(socket.SHUT_WR)
            except OSError: pass

def run(name, server, client, tmp, port):
    keys = os.path.join(tmp, name + ".keys")
    p = subprocess.Popen(["openssl", "s_server", "-accept", str(port), "-cert", "cert.pem", "-key", "key.pem", "-HTTP", "-naccept", "1", "-quiet", *server.split()], cwd=tmp, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    listener = socket.create_server(("127.0.0.1", 0)); log = []
    t = threading.Thread(target=proxy, args=(listener, port, log)); t.start()
    interactive = name in INPUT
    c = subprocess.Popen(["openssl", "s_client", "-connect", "127.0.0.1:%d" % listener.getsockname()[1], "-servername", "keys.example", "-keylogfile", keys, *([] if interactive else ["-quiet"]), *client.split()], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for text in INPUT.get(name, [ONE]):
        time.sleep(0.7); c.stdin.write(text.encode()); c.stdin.flush()
    time.sleep(0.7); c.stdin.close(); c.wait(10); t.join(10); p.kill(); p.wait()
    with open(name + ".txt", "w") as f:
        print("# openssl s_server -HTTP %s; s_client %s" % (server, client), file=f)
        for line in open(keys):
            if not line.startswith("#"): print(line.strip(), file=f)
        print("\n".join(log), file=f)

EARLY = {  # name: arguments of the server that gets early data, whether it accepts
    "tls13-early": ("-early_data -max_early_data 16384 -no_anti_replay", True),
    "tls13-early-rejected": ("-HTTP", False),
    "tls13-early-retry": ("-HTTP -groups P-521", False),
}

def early(name, args, accepts, tmp, port):
    """A first connection, which is not recorded, yields a ticket for a second one, which begins with early data."""
    open(os.path.join(tmp, "early"), "w").write(ONE)
    keys, common = os.path.join(tmp, name + ".keys"), ["-accept", str(port), "-cert", "cert.pem", "-key", "key.pem", "-quiet", "-tls1_3"]
    start = lambda *more: subprocess.Popen(["openssl", "s_server", *common, *more], cwd=tmp, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = ["openssl", "s_client", "-servername", "keys.example", "-tls1_3", "-groups", "X25519:P-521", "-quiet"]
    first = start("-early_data", "-max_early_data", "16384", "-no_anti_replay"); time.sleep(0.5)
    c = subprocess.Popen([*client, "-connect", "127.0.0.1:%d" % port, "-sess_out", os.path.join(tmp, "sess")], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.7); first.stdin.write(b"x\n"); first.stdin.flush(); time.sleep(0.5); c.kill(); c.wait()
    second = first
    if not accepts:
        first.kill(); first.wait(); second = start(*args.split())
    time.sleep(0.5)
    listener = socket.create_server(("127.0.0.1", 0)); log = []
    t = threading.Thread(target=proxy, args=(listener, port, log)); t.start()
    c = subprocess.Popen([*client, "-connect", "127.0.0.1:%d" % listener.getsockname()[1], "-keylogfile", keys, "-sess_in", os.path.join(tmp, "sess"), "-early_data", os.path.join(tmp, "early")], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.7)
    if accepts: second.stdin.write(open(os.path.join(tmp, "one"), "rb").read()); second.stdin.flush()
    else: c.stdin.write(ONE.encode()); c.stdin.flush()
    time.sleep(0.7); c.stdin.close(); time.sleep(0.3); second.kill(); second.wait(); c.kill(); c.wait(); t.join(10)
    with open(name + ".txt", "w") as f:
        print("# openssl s_server %s; s_client -early_data" % args, file=f)
        for line in open(keys):
            if not line.startswith("#"): print(line.strip(), file=f)
        print("\n".join(log), file=f)

with tempfile.TemporaryDirectory() as tmp:
    subprocess.run("openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 3650 -subj /CN=keys.example".split(), cwd=tmp, check=True, stderr=subprocess.DEVNULL)
    body = "".join("line %d\n" % i for i in range(200))
    with open(os.path.join(tmp, "one"), "w", newline="") as f: f.write("HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    for i, (name, (server, client)) in enumerate(CASES.items()):
        if len(sys.argv) < 2 or name in sys.argv[1:]: run(name, server, client, tmp, 14400 + i)
    for i, (name, (args, accepts)) in enumerate(EARLY.items()):
        if len(sys.argv) < 2 or name in sys.argv[1:]: early(name, args, accepts, tmp, 14500 + i)
