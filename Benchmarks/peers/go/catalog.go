package main

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v4/pgxpool"
)

const timeFormat = "2006-01-02T15:04:05.000Z"

type photo struct {
	URL string `json:"url"`
	Alt string `json:"alt"`
}

type addOn struct {
	ID         string `json:"id"`
	Slug       string `json:"slug"`
	Title      string `json:"title"`
	PriceCents int64  `json:"priceCents"`
}

type offer struct {
	ID            string  `json:"id"`
	Slug          string  `json:"slug"`
	Title         string  `json:"title"`
	Description   string  `json:"description"`
	PriceCents    int64   `json:"priceCents"`
	Currency      string  `json:"currency"`
	Segment       *string `json:"segment"`
	Grouping      *string `json:"grouping"`
	GroupingOrder int     `json:"groupingOrder"`
	Status        string  `json:"status"`
	Photos        []photo `json:"photos"`
	AddOns        []addOn `json:"addOns"`
	CreatedAt     string  `json:"createdAt"`
	UpdatedAt     string  `json:"updatedAt"`
}

type offerList struct {
	Data       []*offer `json:"data"`
	NextCursor *string  `json:"nextCursor"`
}

const packagesSQL = `
	SELECT p.id::text, p.slug, p.title, p.description, p.price_cents, p.currency, s.slug, p.grouping, p.grouping_order,
		p.status, p.photo_urls, p.photo_alts, p.add_on_ids::text[], p.created_at, p.updated_at
	FROM packages p LEFT JOIN segments s ON s.tenant_id = p.tenant_id AND s.id = p.segment_id
	WHERE p.tenant_id = $1::uuid AND p.status = 'published'`

const addOnsSQL = `
	SELECT id::text, slug, title, price_cents FROM add_ons
	WHERE tenant_id = $1::uuid AND id = ANY($2::uuid[]) AND active`

const changeSQL = `
	UPDATE packages SET price_cents = $3, version = version + 1, updated_at = now()
	WHERE tenant_id = $1::uuid AND slug = $2`

type catalog struct{ pool *pgxpool.Pool }

func (c *catalog) list(ctx context.Context, tenant string) ([]byte, error) {
	found, err := c.packages(ctx, " ORDER BY p.segment_order, p.grouping_order, p.title, p.id LIMIT 50", tenant)
	if err != nil {
		return nil, err
	}
	return json.Marshal(offerList{Data: found})
}

func (c *catalog) one(ctx context.Context, tenant, slug string) ([]byte, error) {
	found, err := c.packages(ctx, " AND p.slug = $2", tenant, slug)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return json.Marshal(found[0])
}

// change sets a price, and returns the package; nil when there is none.
func (c *catalog) change(ctx context.Context, tenant, slug string, price int64) ([]byte, error) {
	if _, err := c.pool.Exec(ctx, changeSQL, tenant, slug, price); err != nil {
		return nil, err
	}
	return c.one(ctx, tenant, slug)
}

func (c *catalog) packages(ctx context.Context, rest string, arguments ...interface{}) ([]*offer, error) {
	rows, err := c.pool.Query(ctx, packagesSQL+rest, arguments...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found, named, ids := []*offer{}, [][]string{}, []string{}
	addOns := map[string]*addOn{} // nil until it is read
	for rows.Next() {
		p := &offer{Photos: []photo{}, AddOns: []addOn{}}
		var urls, alts, of []string
		var created, updated time.Time
		err := rows.Scan(
			&p.ID, &p.Slug, &p.Title, &p.Description, &p.PriceCents, &p.Currency, &p.Segment, &p.Grouping,
			&p.GroupingOrder, &p.Status, &urls, &alts, &of, &created, &updated)
		if err != nil {
			return nil, err
		}
		for i, url := range urls {
			p.Photos = append(p.Photos, photo{url, alts[i]})
		}
		p.CreatedAt, p.UpdatedAt = created.UTC().Format(timeFormat), updated.UTC().Format(timeFormat)
		found, named = append(found, p), append(named, of)
		for _, id := range of {
			if _, isKnown := addOns[id]; !isKnown {
				addOns[id], ids = nil, append(ids, id)
			}
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	read, err := c.pool.Query(ctx, addOnsSQL, arguments[0], ids)
	if err != nil {
		return nil, err
	}
	defer read.Close()
	for read.Next() {
		a := &addOn{}
		if err := read.Scan(&a.ID, &a.Slug, &a.Title, &a.PriceCents); err != nil {
			return nil, err
		}
		addOns[a.ID] = a
	}
	for i, p := range found {
		for _, id := range named[i] {
			if a := addOns[id]; a != nil {
				p.AddOns = append(p.AddOns, *a)
			}
		}
	}
	return found, read.Err()
}
