# HTTP/3 over QUIC versions 1 and 2 between two programs of quic-go, with the secrets,
# and what the client says that it got.

capture_http3_secrets() {
	(cd "$lab/http3" && go build -o "$tmp/http3" .)
	start net "$tmp/http3" serve 203.0.113.81:443 "$tmp/shop.partner.example.crt" "$tmp/shop.partner.example.key" "$tmp/www/news"
	sleep 1
	record client eth0 http3-secrets.raw udp port 443
	for version in 1 2; do
		on client "$tmp/http3" get "$version" "$tmp/ca.pem" "$tmp/keys" https://shop.partner.example \
			/robots.txt / "/missing?a=b" /live/now.txt
	done >"$tmp/golden/http3-secrets.exchanges.tsv"
	recorded
	with_secrets http3-secrets
}
