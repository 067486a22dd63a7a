import { text } from '../../l10n/index.ts'
import type { Family } from './types.ts'

/** Databases, brokers and their kin where the entrypoint that steps down is not used. */
export const stores: readonly Family[] = [
  {
    name: 'Redis',
    when: { programs: /^(?:redis-server|redis-sentinel|valkey-server)$/ },
    accounts: ['redis', 'valkey'],
    writes: [
      { path: '/var/lib/redis', kind: 'directory', what: text`its data`, where: 'there' },
      { path: '/var/log/redis', kind: 'directory', what: text`logs`, temporary: true, where: 'there' },
      // redis.conf of Debian's package.
      { path: '/var/lib/redis', kind: 'directory', what: text`its data`, packages: /^redis(?:-server)?$/ },
      {
        path: '/var/log/redis',
        kind: 'directory',
        what: text`logs`,
        temporary: true,
        packages: /^redis(?:-server)?$/,
      },
      {
        path: '/run/redis',
        kind: 'directory',
        what: text`process id`,
        temporary: true,
        packages: /^redis-server$/,
        images: /^(?!.*alpine)/,
      },
    ],
  },
  {
    name: 'PostgreSQL',
    when: { programs: /^(?:postgres|pg_ctl)$/ },
    accounts: ['postgres'],
    writes: [
      { path: '/run/postgresql', kind: 'directory', what: text`its socket`, temporary: true },
      // PGDATA of the official image, which moved with version 18.
      {
        path: '/var/lib/postgresql/data',
        kind: 'directory',
        what: text`its data`,
        images: /^postgres:(?!1[89]|latest)/,
      },
      {
        path: '/var/lib/postgresql',
        kind: 'directory',
        what: text`its data`,
        images: /^postgres(?:$|@|:1[89]|:latest)/,
      },
    ],
  },
  {
    name: 'MySQL',
    when: { programs: /^(?:mysqld|mysqld_safe|mariadbd)$/ },
    accounts: ['mysql'],
    writes: [
      { path: '/run/mysqld', kind: 'directory', what: text`its socket`, temporary: true },
      { path: '/var/lib/mysql', kind: 'directory', what: text`its data` },
    ],
  },
  {
    name: 'MongoDB',
    when: { programs: /^mongod$/ },
    accounts: ['mongodb'],
    writes: [{ path: '/data/db', kind: 'directory', what: text`its data` }],
  },
  { name: 'memcached', when: { programs: /^memcached$/ }, accounts: ['memcache', 'memcached'] },
  {
    name: 'RabbitMQ',
    when: { programs: /^rabbitmq-server$/ },
    accounts: ['rabbitmq'],
    writes: [
      { path: '/var/lib/rabbitmq', kind: 'directory', what: text`its data` },
      { path: '/var/log/rabbitmq', kind: 'directory', what: text`logs`, where: 'there' },
    ],
  },
  {
    name: 'Mosquitto',
    when: { programs: /^mosquitto$/ },
    accounts: ['mosquitto'],
    writes: [{ path: '/var/lib/mosquitto', kind: 'directory', what: text`its data`, where: 'there' }],
  },
  { name: 'Elasticsearch', when: { images: /elasticsearch/ }, accounts: ['elasticsearch'] },
  {
    name: 'InfluxDB',
    when: { programs: /^influxd$/ },
    accounts: ['influxdb'],
    writes: [{ path: '/var/lib/influxdb', kind: 'directory', what: text`its data` }],
  },
  {
    name: 'Prometheus',
    when: { programs: /^prometheus$/ },
    accounts: ['prometheus', 'nobody'],
    writes: [{ path: '/prometheus', kind: 'directory', what: text`its data`, where: 'there' }],
  },
  { name: 'Grafana', when: { images: /grafana/ }, accounts: ['grafana'] },
  {
    name: 'HAProxy',
    when: { programs: /^haproxy$/ },
    accounts: ['haproxy'],
    writes: [
      {
        path: '/var/lib/haproxy',
        kind: 'directory',
        what: text`its sockets`,
        temporary: true,
        where: 'there',
      },
    ],
  },
  { name: 'Fluentd', when: { images: /fluentd/, programs: /^fluentd$/ }, accounts: ['fluent'] },
  { name: 'Logstash', when: { images: /logstash/ }, accounts: ['logstash'] },
  { name: 'Kibana', when: { images: /kibana/ }, accounts: ['kibana'] },
  {
    // bin/kafka-run-class.sh: LOG_DIR, for the log of the garbage collector, without which Java does not start.
    name: 'Kafka',
    when: { programs: /^kafka-server-start\.sh$/ },
    writes: [
      {
        path: '/opt/kafka/logs',
        kind: 'directory',
        what: text`logs`,
        temporary: true,
        needs: '/opt/kafka',
      },
    ],
  },
  {
    // rethinkdb/rethinkdb-dockerfiles: WORKDIR /data.
    name: 'RethinkDB',
    when: { images: /^(?:library\/)?rethinkdb/, programs: /^rethinkdb$/ },
    writes: [{ path: '/data', kind: 'directory', what: text`its data`, images: /^(?:library\/)?rethinkdb/ }],
  },
  { name: 'Kafka', when: { images: /kafka/ }, accounts: ['appuser', 'kafka'] },
  { name: 'Solr', when: { images: /solr/ }, accounts: ['solr'] },
  {
    // minio/minio, Dockerfile.release: VOLUME ["/data"], served by `minio server /data`.
    name: 'MinIO',
    when: { images: /^(?:quay\.io\/)?minio\/minio/ },
    writes: [{ path: '/data', kind: 'directory', what: text`its data` }],
  },
  { name: 'Jenkins', when: { images: /jenkins/ }, accounts: ['jenkins'] },
  { name: 'Odoo', when: { images: /^(?:library\/)?odoo/ }, accounts: ['odoo'] },
]
