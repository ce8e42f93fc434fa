// The catalog in Go: net/http, redigo and pgx.
//
// PEER_MODE says where answers are kept: memory, redis (cache-aside), or database (nowhere). PORT, DATABASE_URL and
// REDIS_URL say where the servers are.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/gomodule/redigo/redis"
	"github.com/jackc/pgx/v4/pgxpool"
)

func main() {
	config, err := pgxpool.ParseConfig(os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	config.MinConns, config.MaxConns = 4, 20
	pool, err := pgxpool.ConnectConfig(context.Background(), config)
	if err != nil {
		log.Fatal(err)
	}
	server := &server{
		catalog: &catalog{pool: pool},
		cache:   newCache(os.Getenv("PEER_MODE"), redisPool(os.Getenv("REDIS_URL"))),
		keys:    newKeys(pool, os.Getenv("PEER_MODE") != "database"),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/packages", server.list)
	mux.HandleFunc("/packages/", server.one)
	mux.HandleFunc("/api/v1/admin/packages/", server.change)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), mux))
}

func redisPool(url string) *redis.Pool {
	return &redis.Pool{
		MaxIdle: 256, IdleTimeout: 4 * time.Minute,
		Dial: func() (redis.Conn, error) { return redis.DialURL(url) },
	}
}

type server struct {
	catalog *catalog
	cache   *cache
	keys    *keys
}

func (s *server) list(w http.ResponseWriter, r *http.Request) {
	s.serve(w, r, "packages", func(tenant string) ([]byte, error) { return s.catalog.list(r.Context(), tenant) })
}

func (s *server) one(w http.ResponseWriter, r *http.Request) {
	slug := strings.TrimPrefix(r.URL.Path, "/packages/")
	s.serve(w, r, "package:"+slug, func(tenant string) ([]byte, error) { return s.catalog.one(r.Context(), tenant, slug) })
}

func (s *server) serve(w http.ResponseWriter, r *http.Request, name string, load func(string) ([]byte, error)) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	tenant := s.admit(w, r, r.Header.Get("X-Tenant-Key"), "pk")
	if tenant == "" {
		return
	}
	answer, err := s.cache.get(tenant+":"+name, func() ([]byte, error) { return load(tenant) })
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if answer == nil {
		http.NotFound(w, r)
		return
	}
	answer.write(w, r)
}

// admit returns whose key of a kind it is; otherwise it answers, and returns nothing.
func (s *server) admit(w http.ResponseWriter, r *http.Request, key, kind string) string {
	found, err := s.keys.holder(r.Context(), key)
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	case found.tenant == "":
		http.Error(w, "key missing or unknown", http.StatusUnauthorized)
	case found.kind != kind:
		http.Error(w, "the wrong kind of key", http.StatusForbidden)
	default:
		return found.tenant
	}
	return ""
}

func (s *server) change(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPatch {
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	tenant := s.admit(w, r, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), "sk")
	if tenant == "" {
		return
	}
	var change struct {
		PriceCents int64 `json:"priceCents"`
	}
	if err := json.NewDecoder(r.Body).Decode(&change); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	slug := strings.TrimPrefix(r.URL.Path, "/api/v1/admin/packages/")
	body, err := s.catalog.change(r.Context(), tenant, slug, change.PriceCents)
	if err == nil {
		err = s.cache.drop(tenant+":packages", tenant+":package:"+slug)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if body == nil {
		http.NotFound(w, r)
		return
	}
	(&answer{body: body}).write(w, r)
}
