#!/bin/sh
# Runs the connector from its sources. JAVA_OPTS may hold a debugger:
# -agentlib:jdwp=transport=dt_socket,server=y,suspend=y,quiet=y,address=5005
cd "$(dirname "$0")"
exec "${FAIRWAY_JAVA_HOME:+$FAIRWAY_JAVA_HOME/bin/}java" ${JAVA_OPTS:-} -cp 'lib/*' src/Main.java
