// Command make records conversations of grpc-go over the loopback interface. NAME.txt
// holds what each side sent, in hexadecimal: "> " from the client, "< " from the server.
//
//	go run . && mv *.txt ..
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// raw is a codec whose messages are bytes.
type raw struct{}

func (raw) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }
func (raw) Unmarshal(data []byte, v any) error {
	*v.(*[]byte) = append([]byte(nil), data...)
	return nil
}
func (raw) Name() string { return "raw" }

// A recorder records what is written to connections, and read from them.
type recorder struct {
	mu  sync.Mutex
	out strings.Builder
}

func (r *recorder) note(mark string, b []byte) {
	if len(b) > 0 {
		r.mu.Lock()
		fmt.Fprintf(&r.out, "%s %x\n", mark, b)
		r.mu.Unlock()
	}
}

type conn struct {
	net.Conn
	r *recorder
}

func (c conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.r.note("<", b[:n])
	return n, err
}

func (c conn) Write(b []byte) (int, error) {
	c.r.note(">", b)
	return c.Conn.Write(b)
}

// talk answers each message with the same, twice.
func talk(_ any, s grpc.ServerStream) error {
	for {
		var b []byte
		switch err := s.RecvMsg(&b); err {
		case nil:
		case io.EOF:
			s.SetTrailer(metadata.Pairs("x-done", "yes"))
			return status.Error(0, "")
		default:
			return err
		}
		for range 2 {
			if err := s.SendMsg(&b); err != nil {
				return err
			}
		}
	}
}

func record(name string, options ...grpc.CallOption) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	server := grpc.NewServer(grpc.ForceServerCodec(raw{}))
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "echo.Echo", HandlerType: (*any)(nil),
		Streams: []grpc.StreamDesc{{StreamName: "Talk", Handler: talk, ServerStreams: true, ClientStreams: true}},
	}, new(any))
	go server.Serve(l)
	r := new(recorder)
	dial := func(ctx context.Context, _ string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String())
		return conn{c, r}, err
	}
	client, err := grpc.NewClient("passthrough:echo.example", grpc.WithContextDialer(dial), grpc.WithTransportCredentials(insecure.NewCredentials()))
	check(err)
	desc := &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}
	s, err := client.NewStream(context.Background(), desc, "/echo.Echo/Talk", append(options, grpc.ForceCodec(raw{}))...)
	check(err)
	for _, text := range []string{"hello", "", strings.Repeat("long ", 200)} {
		b := []byte(text)
		check(s.SendMsg(&b))
		for range 2 {
			var got []byte
			check(s.RecvMsg(&got))
		}
	}
	check(s.CloseSend())
	var rest []byte
	if err := s.RecvMsg(&rest); err != io.EOF {
		log.Fatal(err)
	}
	client.Close()
	server.Stop()
	check(os.WriteFile(name+".txt", []byte(r.out.String()), 0o644))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	record("plain")
	record("gzip", grpc.UseCompressor(gzip.Name))
}
