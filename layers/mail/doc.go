// Package mail reads the header sections of mails (RFC 5322) and the commands and
// replies of SMTP, POP3, IMAP and FTP.
//
//	h, err := mail.ParseHeader(b)
//	if err != nil {
//		return err
//	}
//	fmt.Println(mail.Text(h.Get("Subject")))
//	for _, addr := range h.Addresses("From") {
//		fmt.Printf("%s\n", addr)
//	}
//
// It accepts what mail programs write, not only what the RFC allows. Views alias
// the bytes that they were parsed from.
package mail
