package main

// The kinds of work, as the tables name them.
const (
	readPcap       = "read pcap"
	readPcapng     = "read pcapng"
	decodeUp       = "read pcap, decode up to TCP and UDP"
	decodeNames    = "read pcap, decode, read DNS names"
	decodeUpMem    = "decode up to TCP and UDP in memory"
	decodeNamesMem = "decode and read DNS names in memory"
	countNames     = "names, URLs, agents: count"
	gatherNames    = "names, URLs, agents: gather, select, write"
	queryNames     = "DNS query, with its name"
	responseData   = "DNS response, without names"
	responseNames  = "DNS response, with all names"
)
