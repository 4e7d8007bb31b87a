# HTTP/1.1 and HTTP/2 over TLS 1.2 and 1.3 between curl and nginx, with the secrets,
# and what curl says that it got.

SHOP=https://shop.partner.example

# shop CURL_ARGUMENTS PATH... fetches from the shop in one connection.
shop() {
	local args=() request=() method url status file
	while [ "${1:0:1}" != / ]; do
		[ "$1" != --data-binary ] || request=("${2#@}")
		args+=("$1")
		shift
	done
	for file; do
		args+=(-o "$tmp/body$((bodies++))" "$SHOP$file")
	done
	on client env SSLKEYLOGFILE="$tmp/keys" curl -q -sS --no-progress-meter --cacert "$tmp/ca.pem" -A "$BROWSER" --compressed \
		-w '%{method} %{url_effective} %{response_code} %{filename_effective}\n' "${args[@]}" |
		while read -r method url status file; do
			touch "$file" # of an empty body curl makes none
			exchange "$method" "$url" "$status" "$file" "${request[@]}"
		done >>"$tmp/golden/https-secrets.exchanges.tsv"
}

capture_https_secrets() {
	local bodies=0
	record client eth0 https-secrets.raw tcp port 443
	printf 'item=7&note=%%0d%%0aX: y' >"$tmp/order"
	shop --http1.1 --tls-max 1.2 --ciphers ECDHE-ECDSA-AES256-GCM-SHA384 /robots.txt /index.html /missing
	shop --http1.1 --tls-max 1.2 --ciphers ECDHE-ECDSA-CHACHA20-POLY1305 --data-binary "@$tmp/order" /order
	shop --http1.1 --tls13-ciphers TLS_CHACHA20_POLY1305_SHA256 -r 0-4 /robots.txt
	shop --http2 --tls-max 1.2 --ciphers ECDHE-ECDSA-AES128-GCM-SHA256 /index.html /old
	shop --http2 --tls13-ciphers TLS_AES_128_GCM_SHA256 --parallel /index.html /robots.txt "/missing?a=b" /index.html
	shop --http2 --tls13-ciphers TLS_AES_256_GCM_SHA384 --data-binary "@$tmp/order" /order
	recorded
	with_secrets https-secrets
}
