require('node:http').createServer((_, response) => response.end('on OpenShift ' + require('node:fs').readFileSync('logs/start.log'))).listen(3000)
