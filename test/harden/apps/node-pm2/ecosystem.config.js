module.exports = {
  apps: [
    { name: 'web', script: 'web.js' },
    { name: 'worker', script: 'worker.js' },
  ],
}
