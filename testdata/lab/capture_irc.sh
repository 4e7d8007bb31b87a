# IRC: a program that takes orders on a channel, and one that uses STARTTLS.

capture_irc() {
	local name=telemetry.quietpanel.example
	start net python3 "$lab/irc.py" serve 6667 "$tmp/$name.crt" "$tmp/$name.key"
	listening net 127.0.0.1 6667
	record client eth0 irc.pcap tcp port 6667
	on client python3 "$lab/irc.py" bot 203.0.113.80 6667
	on client python3 "$lab/irc.py" tls 198.51.100.44 6667 "$name" "$tmp/ca.pem"
	recorded
}
