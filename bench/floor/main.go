// Floor is the least that an LTI 1.3 launch can cost with Go and PostgreSQL: a
// login that makes a state, and a launch that checks the state, the platform's
// signature and the nonce, makes a session and answers with a page. It has no
// roles, no rooms, no log and only one platform; `make bench` measures the
// distance between it and the program.
//
//	POST /login    302 to the platform, with state, nonce and a cookie
//	POST /launch   200, a page of 2 KB
//
// With arguments it does once what the program does with an LMS's services:
//
//	floor members URL   fetches and decodes all pages of a roster
//	floor scores URL    posts the scores of a class
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/lestrrat-go/jwx/v2/jwk"
)

func main() {
	do := func() error { return run(context.Background()) }
	if args := os.Args[1:]; len(args) > 0 {
		do = func() error { return services(args) }
	}
	if err := do(); err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

// run serves until it is killed.
func run(ctx context.Context) error {
	pool, err := pgxpool.New(ctx, os.Getenv("BENCH_DATABASE"))
	if err != nil {
		return err
	}
	defer pool.Close()
	if _, err := pool.Exec(ctx, createNonces); err != nil {
		return fmt.Errorf("create the table: %w", err)
	}
	key, err := platformKey(os.Getenv("BENCH_JWK"))
	if err != nil {
		return err
	}
	f := &floor{
		issuer: os.Getenv("BENCH_ISSUER"),
		key:    key,
		secret: []byte(rand.Text()),
		nonces: nonces{pool},
		now:    time.Now,
	}
	server := &http.Server{
		Addr:              "127.0.0.1:" + os.Getenv("BENCH_PORT"),
		Handler:           f.handler(),
		ReadHeaderTimeout: 10 * time.Second,
	}
	return server.ListenAndServe()
}

// platformKey reads the platform's key, which must name its algorithm.
func platformKey(text string) (jwk.Set, error) {
	key, err := jwk.ParseKey([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("BENCH_JWK: %w", err)
	}
	set := jwk.NewSet()
	return set, set.AddKey(key)
}
