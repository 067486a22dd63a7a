import { text } from '../../l10n/index.ts'
import type { Family } from './types.ts'

/** Java servers and builders that write. */
export const java: readonly Family[] = [
  {
    name: 'Tomcat',
    when: { images: /^(?:library\/)?tomcat|^(?:library\/)?tomee/, programs: /^catalina\.sh$/ },
    accounts: ['tomcat'],
    writes: [
      { path: '/usr/local/tomcat/logs', kind: 'directory', what: text`logs`, temporary: true },
      { path: '/usr/local/tomcat/temp', kind: 'directory', what: text`temporary files`, temporary: true },
      { path: '/usr/local/tomcat/work', kind: 'directory', what: text`compiled pages`, temporary: true },
      // A WAR is unpacked beside itself.
      { path: '/usr/local/tomcat/webapps', kind: 'directory', what: text`unpacked applications`, code: true },
      { path: '/usr/local/tomcat/conf/Catalina', kind: 'directory', what: text`contexts`, temporary: true },
    ],
  },
  {
    name: 'Jetty',
    when: { images: /^(?:library\/)?jetty/ },
    accounts: ['jetty'],
  },
  {
    name: 'Gradle',
    when: { programs: /^(?:gradle|gradlew)$/ },
    accounts: ['gradle'],
    home: text`dependencies`,
  },
  { name: 'Maven', when: { programs: /^(?:mvn|mvnw)$/ }, home: text`dependencies` },
  { name: 'sbt', when: { programs: /^sbt$/ }, home: text`dependencies` },
  {
    name: 'Gradle',
    when: { programs: /^(?:gradle|gradlew)$/ },
    writes: [
      { path: '.gradle', kind: 'directory', what: text`its cache`, temporary: true },
      { path: 'build', kind: 'directory', what: text`compiled classes`, temporary: true },
    ],
  },
  {
    name: 'Maven',
    when: { programs: /^(?:mvn|mvnw)$/ },
    writes: [{ path: 'target', kind: 'directory', what: text`compiled classes`, temporary: true }],
  },
]
