package cli

import (
	"context"
	"os"
	"os/signal"
)

// Interrupts returns a context that the first interrupt (Ctrl-C) ends. A second
// one ends the program at once, as nothing else does where it waits for input.
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
