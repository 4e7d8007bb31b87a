# openssl s_client reads pages of openssl s_server with cipher suites that curl does
# not offer, and the secrets.

# s_client ARGUMENTS... requests a page.
s_client() {
	printf 'GET /robots.txt HTTP/1.0\r\nHost: shop.partner.example:4433\r\n\r\n' |
		on client openssl s_client -connect 203.0.113.81:4433 -servername shop.partner.example -CAfile "$tmp/ca.pem" \
			-keylogfile "$tmp/keys" -quiet -no_ign_eof "$@" >/dev/null 2>&1 || true
	exchange GET https://shop.partner.example:4433/robots.txt 200 "$tmp/www/news/robots.txt" >>"$tmp/golden/openssl-secrets.exchanges.tsv"
}

capture_openssl_secrets() {
	local session=$tmp/session
	start net sh -c "cd '$tmp/www/news' && exec openssl s_server -accept 203.0.113.81:4433 -WWW -quiet \
		-cert '$tmp/shop.partner.example.crt' -key '$tmp/shop.partner.example.key' \
		-cipher ALL:@SECLEVEL=0 -ciphersuites TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256"
	listening net 203.0.113.81 4433
	record client eth0 openssl-secrets.raw tcp port 4433
	s_client -tls1 -cipher ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0
	s_client -tls1_1 -cipher ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0
	s_client -tls1_2 -cipher ECDHE-ECDSA-AES128-SHA256
	s_client -tls1_2 -cipher ECDHE-ECDSA-AES256-SHA384
	s_client -tls1_2 -cipher ECDHE-ECDSA-AES128-CCM8
	s_client -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256 -sess_out "$session"
	s_client -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256 -sess_in "$session"
	s_client -tls1_3 -ciphersuites TLS_AES_128_CCM_8_SHA256
	recorded
	with_secrets openssl-secrets
}
