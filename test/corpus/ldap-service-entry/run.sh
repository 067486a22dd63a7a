#!/bin/bash -e
mkdir -p /var/lib/ldap
chown -R openldap:openldap /var/lib/ldap
ulimit -n 1024
exec gosu openldap slapd -f /container/slapd.conf -h "ldap://:1389/" -d 256
