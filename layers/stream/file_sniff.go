package stream

import "bytes"

// magics are the first bytes of files, each with its media type (IANA registry
// "media-types", or the name in common use). It lists formats that malware
// comes in or pretends to be. The first match counts.
var magics = []struct {
	at    int
	magic string
	typ   string
}{
	{0, "MZ", "application/vnd.microsoft.portable-executable"},
	{0, "\x7fELF", "application/x-elf"},
	{0, "\xfe\xed\xfa\xce", "application/x-mach-binary"},
	{0, "\xfe\xed\xfa\xcf", "application/x-mach-binary"},
	{0, "\xce\xfa\xed\xfe", "application/x-mach-binary"},
	{0, "\xcf\xfa\xed\xfe", "application/x-mach-binary"},
	{0, "\xca\xfe\xba\xbe", "application/java-vm"},
	{0, "PK\x03\x04", "application/zip"},
	{0, "PK\x05\x06", "application/zip"},
	{0, "Rar!\x1a\x07", "application/vnd.rar"},
	{0, "7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"},
	{0, "\x1f\x8b", "application/gzip"},
	{0, "BZh", "application/x-bzip2"},
	{0, "\xfd7zXZ\x00", "application/x-xz"},
	{0, "\x28\xb5\x2f\xfd", "application/zstd"},
	{0, "MSCF", "application/vnd.ms-cab-compressed"},
	{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"},
	{0, "%PDF-", "application/pdf"},
	{0, "{\\rtf", "application/rtf"},
	{0, "L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"},
	{0, "ITSF", "application/vnd.ms-htmlhelp"},
	{0, "CWS", "application/vnd.adobe.flash.movie"},
	{0, "FWS", "application/vnd.adobe.flash.movie"},
	{0, "\x89PNG\r\n\x1a\n", "image/png"},
	{0, "\xff\xd8\xff", "image/jpeg"},
	{0, "GIF8", "image/gif"},
	{0, "\x00\x00\x01\x00", "image/vnd.microsoft.icon"},
	{0, "wOF2", "font/woff2"},
	{0, "wOFF", "font/woff"},
	{8, "WEBP", "image/webp"},
	{4, "ftyp", "video/mp4"},
	{0, "#!", "text/x-shellscript"},
	{0, "<?xml", "text/xml"},
	{0, "<?php", "application/x-httpd-php"},
	{0, "<!DOCTYPE html", "text/html"},
	{0, "<!doctype html", "text/html"},
	{0, "<html", "text/html"},
	{0, "<HTML", "text/html"},
	{0, "<script", "text/html"},
}

// sniff returns the media type that the first bytes of a file of the given size
// suggest, or "".
func sniff(b []byte, size int64) string {
	for _, m := range magics {
		if len(b) >= m.at && bytes.HasPrefix(b[m.at:], []byte(m.magic)) {
			return m.typ
		}
	}
	return sniffDER(b, size)
}
