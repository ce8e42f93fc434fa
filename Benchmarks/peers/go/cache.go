package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gomodule/redigo/redis"
)

const ttl = 900 * time.Second

// An answer. Its tag and its gzip form are made once, when it is kept in memory; from Redis or the database there are
// none.
type answer struct {
	body, gzip []byte
	tag        string
	until      time.Time
}

func (a *answer) write(w http.ResponseWriter, r *http.Request) {
	header, body := w.Header(), a.body
	header.Set("Content-Type", "application/json")
	if a.tag != "" {
		header.Set("ETag", a.tag)
		if r.Header.Get("If-None-Match") == a.tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	if a.gzip != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		header.Set("Content-Encoding", "gzip")
		body = a.gzip
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body)
}

type cache struct {
	mode  string
	redis *redis.Pool
	mutex sync.RWMutex
	kept  map[string]*answer
}

func newCache(mode string, pool *redis.Pool) *cache {
	return &cache{mode: mode, redis: pool, kept: map[string]*answer{}}
}

// get returns nil where load finds nothing.
func (c *cache) get(key string, load func() ([]byte, error)) (*answer, error) {
	switch c.mode {
	case "memory":
		return c.fromMemory(key, load)
	case "redis":
		return c.fromRedis("go:"+key, load)
	default:
		body, err := load()
		if body == nil {
			return nil, err
		}
		return &answer{body: body}, err
	}
}

func (c *cache) fromMemory(key string, load func() ([]byte, error)) (*answer, error) {
	c.mutex.RLock()
	kept := c.kept[key]
	c.mutex.RUnlock()
	if kept != nil && time.Now().Before(kept.until) {
		return kept, nil
	}
	body, err := load()
	if body == nil {
		return nil, err
	}
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	writer.Write(body)
	writer.Close()
	digest := sha256.Sum256(body)
	made := &answer{
		body: body, gzip: packed.Bytes(), tag: `"` + hex.EncodeToString(digest[:8]) + `"`, until: time.Now().Add(ttl)}
	c.mutex.Lock()
	c.kept[key] = made
	c.mutex.Unlock()
	return made, nil
}

func (c *cache) fromRedis(key string, load func() ([]byte, error)) (*answer, error) {
	connection := c.redis.Get()
	defer connection.Close()
	body, err := redis.Bytes(connection.Do("GET", key))
	if err == redis.ErrNil {
		if body, err = load(); err != nil || body == nil {
			return nil, err
		}
		_, err = connection.Do("SET", key, body, "EX", int(ttl.Seconds()))
	}
	if err != nil {
		return nil, err
	}
	return &answer{body: body}, nil
}

func (c *cache) drop(keys ...string) error {
	c.mutex.Lock()
	for _, key := range keys {
		delete(c.kept, key)
	}
	c.mutex.Unlock()
	if c.mode != "redis" {
		return nil
	}
	connection := c.redis.Get()
	defer connection.Close()
	names := redis.Args{}
	for _, key := range keys {
		names = names.Add("go:" + key)
	}
	_, err := connection.Do("DEL", names...)
	return err
}
