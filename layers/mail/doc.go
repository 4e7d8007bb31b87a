// Package mail parses the header sections of mail messages (RFC 5322) and the
// commands and replies of SMTP, POP3, IMAP and FTP.
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
// It accepts the output of real mail programs, not only what the RFC allows.
// Views alias the bytes they were parsed from.
package mail
