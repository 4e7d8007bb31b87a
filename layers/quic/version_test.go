package quic

import (
	"bytes"
	"crypto/aes"
	"encoding/hex"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// The client's IV and header protection key for the connection ID of RFC 9001
// appendix A, as printed in the appendices of the drafts.
func TestQUICDraftKeys(t *testing.T) {
	for _, tt := range []struct {
		v      Version
		iv, hp string
	}{
		{draft + 23, "8681359410a70bb9c92f0420", "a980b8b4fb7d9fbc13e814c23164253d"},
		{draft + 27, "8681359410a70bb9c92f0420", "a980b8b4fb7d9fbc13e814c23164253d"},
		{mvfst27, "8681359410a70bb9c92f0420", "a980b8b4fb7d9fbc13e814c23164253d"},
		{draft + 29, "6b26114b9cba2b63a9e8dd4f", "9ddd12c994c0698b89374a9c077a3077"},
		{draft + 32, "6b26114b9cba2b63a9e8dd4f", "9ddd12c994c0698b89374a9c077a3077"},
		{draft + 34, "fa044b2f42a3fd3b46fb255c", "9f50449e04a0e810283a1e9933adedd2"},
		{Version1, "fa044b2f42a3fd3b46fb255c", "9f50449e04a0e810283a1e9933adedd2"},
		{Version2, "91f73e2351d8fa91660e909f", "45b95e15235d6f45a6b19cbcb0294ba9"},
	} {
		k := InitialKeys(tt.v, rfcQUICID, true)
		hp, err := aes.NewCipher(viewtest.Unhex(t, tt.hp))
		if err != nil {
			t.Fatal(err)
		}
		var got, want [16]byte
		k.header.mask(got[:])
		hp.Encrypt(want[:], want[:])
		if hex.EncodeToString(k.iv[:]) != tt.iv || got != want {
			t.Errorf("version %v: IV %x, want %s; same header key: %v", tt.v, k.iv, tt.iv, got == want)
		}
	}
}

// Key and nonce of Retry packets are derived from a secret stated by each
// document (RFC 9001 section 5.8, RFC 9369 section 3.3.3).
func TestQUICRetryKeys(t *testing.T) {
	for v, secret := range map[Version]string{
		draft + 25: "656e61e336ae9417f7f0edd8d78d461e2aa7084aba7a14c1e9f726d55709169a",
		draft + 29: "8b0d37eb8535022ebc8d76a207d80df22646ec06dc809642c30a8baa2baaff4c",
		Version1:   "d9c9943e6101fd200021506bcc02814c73030f25c79d71ce876eca876e6fca8e",
		v2Draft:    "3425c20cf88779df2ff71e8abfa78249891e763bbed2f13c048343d348c060e2",
		Version2:   "c4dd2484d681aefa4ff4d69c2c20299984a765a5d3c31982f38fc74162155e9f",
	} {
		s := v.secrets()
		key, nonce := aes128.expandLabel(viewtest.Unhex(t, secret), s.label+"key", 16), aes128.expandLabel(viewtest.Unhex(t, secret), s.label+"iv", 12)
		if !bytes.Equal(key, unhexKey(s.retryKey)) || !bytes.Equal(nonce, unhexKey(s.retryNonce)) {
			t.Errorf("version %v: key %x, nonce %x", v, key, nonce)
		}
	}
}

func TestQUICVersion(t *testing.T) {
	for _, tt := range []struct {
		v               Version
		name            string
		known, reserved bool
	}{
		{0, "0x00000000", false, false},
		{Version1, "1", true, false},
		{Version2, "2", true, false},
		{0x709a50c4, "0x709a50c4", true, false},
		{0xff000015, "draft-21", false, false},
		{0xff000016, "draft-22", true, false},
		{0xff000018, "draft-24", true, false},
		{0xff00001b, "draft-27", true, false},
		{0xff000022, "draft-34", true, false},
		{0xff000023, "draft-35", false, false},
		{0xfaceb001, "0xfaceb001", true, false},
		{0xfaceb00e, "0xfaceb00e", true, false},
		{0x51303530, "0x51303530", true, false},
		{0x54303530, "0x54303530", true, false},
		{0x54303531, "0x54303531", true, false},
		{0x51303436, "0x51303436", false, false},
		{0x1a2a3a4a, "0x1a2a3a4a", false, true},
	} {
		if tt.v.String() != tt.name || tt.v.IsKnown() != tt.known || tt.v.IsReserved() != tt.reserved {
			t.Errorf("%v: known %v, reserved %v", tt.v, tt.v.IsKnown(), tt.v.IsReserved())
		}
		if (InitialKeys(tt.v, rfcQUICID, true) != nil) != (tt.known || tt.reserved) {
			t.Errorf("%v: keys", tt.v)
		}
	}
}
