"""irc.py: a server and a client of IRC, as far as irc.pcap needs them.

irc.py serve PORT CERTIFICATE KEY    welcomes everybody, and offers STARTTLS
irc.py bot ADDRESS PORT              registers with a nickname that is in use, then
                                     another, joins channels, and waits for an order
irc.py tls ADDRESS PORT NAME CA      asks for STARTTLS, registers in TLS, and quits
"""

import socket
import socketserver
import ssl
import sys
import time

SERVER, WHO = "irc.badfiles.example", "{}!~upd@ws17.corp.example"


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.nick = self.user = ""
        self.capable = False
        self.say("NOTICE * :*** Looking up your hostname...")
        while line := self.rfile.readline():
            command, _, arg = line.decode().rstrip("\r\n").partition(" ")
            if command == "QUIT":
                self.wfile.write(b"ERROR :Closing Link: ws17.corp.example (Client Quit)\r\n")
                return
            getattr(self, "do_" + command.lower(), self.ignore)(arg)

    def say(self, text, tags=""):
        self.wfile.write((tags + ":" + SERVER + " " + text + "\r\n").encode())

    def echo(self, text):
        self.wfile.write((":" + WHO.format(self.nick) + " " + text + "\r\n").encode())

    def ignore(self, arg):
        pass

    def do_cap(self, arg):
        if arg.startswith("LS"):
            self.say("CAP * LS :server-time tls")
        elif arg.startswith("REQ"):
            self.say("CAP * ACK :server-time")
        else:
            self.capable = True
            self.welcome()

    def do_starttls(self, arg):
        self.say("670 * :STARTTLS successful, proceed with TLS handshake")
        self.wfile.flush()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[3], sys.argv[4])
        self.request = context.wrap_socket(self.request, server_side=True)
        self.setup()
        self.capable = True

    def do_nick(self, arg):
        if arg == "updater":
            self.say("433 * updater :Nickname is already in use.")
        else:
            self.nick = arg
            self.welcome()

    def do_user(self, arg):
        self.user = arg
        self.welcome()

    def welcome(self):
        if not (self.nick and self.user and self.capable):
            return
        self.say("001 {0} :Welcome to the Example IRC Network {1}".format(self.nick, WHO.format(self.nick)))
        self.say("002 {0} :Your host is {1}, running version lab-1".format(self.nick, SERVER))
        self.say("422 {0} :MOTD File is missing".format(self.nick))
        self.wfile.write(b"PING :4711\r\n")

    def do_join(self, arg):
        for channel in arg.split(" ")[0].split(","):
            self.echo("JOIN " + channel)
            self.say("332 {0} {1} :.download http://cdn.badfiles.example/get/update.bin".format(self.nick, channel))
            self.say("353 {0} = {1} :@herder {0} updater".format(self.nick, channel))
            self.say("366 {0} {1} :End of /NAMES list.".format(self.nick, channel))
        stamp = time.strftime("@time=%Y-%m-%dT%H:%M:%S.000Z ", time.gmtime())
        self.wfile.write((stamp + ":herder!~h@203.0.113.99 PRIVMSG #updates :.report\r\n").encode())


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


class Client:
    def __init__(self, address, port):
        self.socket = socket.create_connection((address, int(port)), timeout=10)
        self.file = self.socket.makefile("rb")

    def say(self, *lines):
        self.socket.sendall("".join(l + "\r\n" for l in lines).encode())

    def await_(self, word):
        for line in self.file:
            if word in line.decode():
                return
        raise SystemExit("irc.py: no " + word)


def bot(address, port):
    c = Client(address, port)
    c.await_("NOTICE")
    c.say("PASS lab-server-secret", "CAP LS 302", "NICK updater", "USER upd 0 * :Update Helper")
    c.await_("433")
    c.say("CAP REQ :server-time", "NICK updater17", "CAP END")
    c.await_("PING")
    c.say("PONG :4711", "PRIVMSG NickServ :IDENTIFY lab-nick-secret")
    c.say("JOIN #updates,#spare lab-channel-secret")
    c.await_(".report")
    c.say("PRIVMSG #updates :ws17 10.20.30.17 ready", "QUIT :bye")
    c.await_("ERROR")


def tls(address, port, name, ca):
    c = Client(address, port)
    c.await_("NOTICE")
    c.say("STARTTLS")
    c.await_("670")
    context = ssl.create_default_context(cafile=ca)
    c.socket = context.wrap_socket(c.socket, server_hostname=name)
    c.file = c.socket.makefile("rb")
    c.say("NICK hidden", "USER hidden 0 * :not to be seen")
    c.await_("422")
    c.say("QUIT")
    c.await_("ERROR")


if sys.argv[1] == "serve":
    Server(("0.0.0.0", int(sys.argv[2])), Session).serve_forever()
else:
    {"bot": bot, "tls": tls}[sys.argv[1]](*sys.argv[2:])
