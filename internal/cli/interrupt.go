package cli

import (
	"context"
	"os"
	"os/signal"
)

// Interrupts returns a context that the first interrupt (Ctrl-C) cancels. A
// second one ends the program, which may be blocked on input.
func Interrupts() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	go func() {
		<-interrupts
		signal.Stop(interrupts)
		cancel()
	}()
	return ctx
}
