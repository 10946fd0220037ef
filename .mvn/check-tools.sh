#!/bin/sh
# Copyright 2026 The Gatun Authors
# SPDX-License-Identifier: Apache-2.0
#
# Says in one line what the build needs and this machine lacks: check-tools.sh jdk <version of Maven's JVM> | c
set -u
needed=25

fail() {
    echo "$1"
    exit 1
}

# Whether a folder is a JDK (not a JRE) of at least the version that the build needs.
is_jdk() {
    [ -x "$1/bin/javac" ] && [ -f "$1/release" ] || return 1
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
    [ -n "$version" ] && [ "$version" -ge "$needed" ]
}

# The places where Maven's toolchains plugin looks, too. A toolchains.xml is trusted: the plugin checks it.
check_jdk() {
    maven=${1%%.*}
    [ "$maven" -ge "$needed" ] 2>/dev/null && return
    [ -f "$HOME/.m2/toolchains.xml" ] && return
    for folder in $(env | sed -n 's/^JAVA[0-9]*_HOME=//p') \
        /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/java/* /opt/java/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
        "$HOME"/.jdks/* "$HOME"/.m2/jdks/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jenv/versions/* \
        "$HOME"/.asdf/installs/java/* "$HOME"/.jbang/cache/jdks/*; do
        is_jdk "$folder" && return
    done
    fail "Gatun needs JDK $needed (e.g. Temurin $needed): install it, and set JAVA${needed}_HOME to its folder if it is not found there"
}

has() {
    command -v "$1" >/dev/null 2>&1
}

check_c() {
    missing=
    has "${CC:-cc}" || has gcc || has clang || missing="a C compiler"
    has cmake || missing="${missing:+$missing and }CMake"
    has make || missing="${missing:+$missing and }make"
    [ -z "$missing" ] && return
    case $(uname -s 2>/dev/null) in
        Darwin) how='"xcode-select --install" and "brew install cmake"' ;;
        *) how='"sudo apt-get install gcc cmake make"' ;;
    esac
    fail "Gatun needs $missing: install with $how"
}

case ${1:-} in
    jdk) check_jdk "$2" ;;
    c) check_c ;;
    *) fail "usage: check-tools.sh jdk <version> | c" ;;
esac
