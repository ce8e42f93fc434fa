# The two commands that matter: `make run` and `make test`. Both install what they lack and can be run again at will.

SWIFT ?= swift
RELEASE := --configuration release --scratch-path .build-release --static-swift-stdlib \
	-Xswiftc -cross-module-optimization -Xswiftc -enforce-exclusivity=unchecked
SOURCES := Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources \
	Benchmarks/EvictionSimulator/Package.swift Benchmarks/EvictionSimulator/Sources \
	Benchmarks/Postgres/Package.swift Benchmarks/Postgres/Sources \
	Benchmarks/Caching/Package.swift Benchmarks/Caching/Sources/CacheFigures Benchmarks/Caching/Sources/Workload \
	Benchmarks/Caching/Sources/Caching/EnvelopeProbe.swift Benchmarks/Caching/Benchmarks \
	Benchmarks/Redis/Package.swift Benchmarks/Redis/Sources/RedisBenchmark

.PHONY: run real test soak chaos lint format bench bench-check bench-redis sanitize fuzz release clean

# What a build links against, and the servers that the tests start.
LIBRARIES := zlib1g-dev libpq-dev libhiredis-dev
SERVERS := postgresql-15 redis-server redis-sentinel redis-tools pgbouncer openssl nftables iproute2

# One test at a time: many wait for clocks, their own or a server's, and two cores would be shared by hundreds.
TESTS := $(SWIFT) test --skip-build --disable-xctest --no-parallel
WITH_SERVERS := ^((Redis|Postgres)(Client|Adapter)|Service|Fleet)Tests
SERVER_TESTS = $(TESTS) --filter '$(WITH_SERVERS)'

## Builds and serves the demo catalog from memory on http://127.0.0.1:8080.
run: release
	.build-release/release/tenantry serve

## Starts PostgreSQL and Redis, migrates, loads the demo catalog and serves it from them; see Scripts/real.
real: release
	Scripts/install-packages postgresql-15 redis-server
	Scripts/real

## Builds and runs every test; the tests start the servers they need.
test:
	Scripts/install-packages $(LIBRARIES) $(SERVERS)
	$(SWIFT) build --build-tests
	$(TESTS) --skip '$(WITH_SERVERS)'
	$(SERVER_TESTS) || { echo 'a suite with servers failed; once more, since a busy machine can be the cause'; $(SERVER_TESTS); }

## Shows several instances together, through every fault and in full size: about fifteen minutes. FLEET_SECONDS sets the length
## of the soak.
soak:
	Scripts/install-packages $(LIBRARIES) $(SERVERS)
	$(SWIFT) build --build-tests
	FLEET_SIZE=full $(TESTS) --filter '^FleetTests' \
	  >.build/fleet.log 2>&1; status=$$?; grep -E '^fleet: |Test run|failed|recorded' .build/fleet.log; exit $$status

## Injects the faults of the matrix that have tests, and prints a table; see Scripts/chaos.
chaos:
	Scripts/install-packages $(LIBRARIES) $(SERVERS)
	$(SWIFT) build --build-tests
	Scripts/chaos

## Fails on any formatting that `make format` would change; warnings fail every build.
lint:
	$(SWIFT) format lint --strict --recursive $(SOURCES)

## Formats the sources in place.
format:
	$(SWIFT) format --in-place --recursive $(SOURCES)

# The load client and the counter of allocations.
CLIENTS := Benchmarks/.build-client
$(CLIENTS)/pace: $(wildcard Benchmarks/Client/*)
	@mkdir -p $(CLIENTS)
	$(CC) -std=gnu11 -O2 -Wall -Wextra -Werror -o $@ $(filter %.c,$^)
$(CLIENTS)/pauses: Benchmarks/Pauses/pauses.c
	@mkdir -p $(CLIENTS)
	$(CC) -std=gnu11 -O2 -Wall -Wextra -Werror -o $@ $<
$(CLIENTS)/liballocations.so: Benchmarks/Caching/Allocations/counter.c
	@mkdir -p $(CLIENTS)
	$(CC) -shared -fPIC -O2 -Wall -Wextra -Werror -o $@ $<

## Measures the release build against its limits and against what a user would pick instead, in about 20 minutes after
## the builds; see Benchmarks/README.md. BENCH=--quick takes three minutes.
bench: release
	Scripts/install-packages $(SERVERS) wrk nginx util-linux python3 gcc libc6-dev
	$(MAKE) $(CLIENTS)/pace $(CLIENTS)/pauses
	Benchmarks/peers/setup
	cd Benchmarks && $(SWIFT) build $(RELEASE)
	cd Benchmarks && python3 -m bench $(BENCH)

## Counts instructions and allocations of a hit, and fails when they are more than the committed ones; UPDATE=1 commits.
bench-check: release
	Scripts/install-packages $(SERVERS) valgrind binutils gcc libc6-dev util-linux python3
	$(MAKE) $(CLIENTS)/pace $(CLIENTS)/liballocations.so
	cd Benchmarks && python3 -m bench.guard $(if $(UPDATE),--update)

## Measures the Redis client against redis-benchmark and redis.asyncio; results in Benchmarks/Redis/results.
bench-redis:
	Scripts/install-packages libhiredis-dev redis-server redis-tools openssl python3 python3-venv
	cd Benchmarks/Redis && $(SWIFT) build -c release -Xswiftc -cross-module-optimization && python3 measure.py

## Runs the tests of the Redis and PostgreSQL clients under the address and the thread sanitizer.
sanitize:
	Scripts/install-packages $(LIBRARIES) $(SERVERS)
	for sanitizer in address thread; do for client in Redis Postgres; do \
		(cd Tests/Sanitized/$$client && LSAN_OPTIONS=suppressions=$$PWD/../leaks.supp $(SWIFT) test --disable-xctest \
		--no-parallel --sanitize=$$sanitizer --scratch-path .build-$$sanitizer) || exit 1; done; done

## Gives the reader of Redis' replies damaged bytes for FUZZ_SECONDS, under libFuzzer and the address sanitizer.
FUZZ_SECONDS ?= 600
fuzz:
	Scripts/install-packages libhiredis-dev
	cd Tests/Fuzz/Redis && $(SWIFT) build -c release --sanitize=fuzzer --sanitize=address && mkdir -p .build/corpus && \
		.build/release/ReplyFuzzer -max_total_time=$(FUZZ_SECONDS) -dict=resp.dict -max_len=4096 -rss_limit_mb=1024 \
		-malloc_limit_mb=64 -artifact_prefix=.build/ -print_final_stats=1 .build/corpus Corpus

release:
	Scripts/install-packages $(LIBRARIES)
	$(SWIFT) build $(RELEASE) --product tenantry

clean:
	rm -rf .build .build-release Benchmarks/.build Benchmarks/.build-release Benchmarks/.build-client \
		Benchmarks/peers/.packages Benchmarks/EvictionSimulator/.build Benchmarks/Caching/.build-release \
		Benchmarks/Redis/.build Tests/*/*/.build*
