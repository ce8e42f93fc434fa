package main

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
)

const holderSQL = `
	SELECT k.tenant_id::text, k.kind FROM api_keys k JOIN tenants t ON t.id = k.tenant_id
	WHERE k.digest = $1 AND t.status = 'active'`

// keys tells whose a key is; remembered for a minute unless nothing is cached.
type keys struct {
	pool    *pgxpool.Pool
	isKept  bool
	mutex   sync.RWMutex
	holders map[string]holder
}

type holder struct {
	tenant, kind string
	until        time.Time
}

func newKeys(pool *pgxpool.Pool, isKept bool) *keys {
	return &keys{pool: pool, isKept: isKept, holders: map[string]holder{}}
}

// holder has no tenant for a key that nobody has.
func (k *keys) holder(ctx context.Context, key string) (holder, error) {
	k.mutex.RLock()
	known, isKnown := k.holders[key]
	k.mutex.RUnlock()
	if isKnown && time.Now().Before(known.until) {
		return known, nil
	}
	digest := sha256.Sum256([]byte(key))
	found := holder{until: time.Now().Add(time.Minute)}
	err := k.pool.QueryRow(ctx, holderSQL, digest[:]).Scan(&found.tenant, &found.kind)
	if err == pgx.ErrNoRows {
		return holder{}, nil
	}
	if err == nil && k.isKept {
		k.mutex.Lock()
		k.holders[key] = found
		k.mutex.Unlock()
	}
	return found, err
}
