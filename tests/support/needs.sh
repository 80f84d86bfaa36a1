#!/bin/sh
# The programs the tests start: PostgreSQL, Redis, Chromium with its driver, a Chinese font, ctl tools.
# Installs what is missing on Debian as root; elsewhere says exactly what is missing.
set -eu

missing=""
need() { missing="$missing $1"; }

ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || need postgresql
command -v redis-server >/dev/null 2>&1 || command -v valkey-server >/dev/null 2>&1 || need redis-server
command -v chromium >/dev/null 2>&1 || need chromium
command -v chromedriver >/dev/null 2>&1 || need chromium-driver
command -v runuser >/dev/null 2>&1 || need util-linux
ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1 || fc-list :lang=zh 2>/dev/null | grep -q . || need fonts-noto-cjk

[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing for the tests:$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # the tests start servers of their own; a cluster made and started by the package is not wanted
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
    exit 0
fi

echo "the tests need programs that are not here:$missing" >&2
echo "on Debian or Ubuntu: sudo apt-get install$missing" >&2
exit 1
