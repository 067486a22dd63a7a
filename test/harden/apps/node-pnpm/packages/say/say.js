module.exports = 'said by pnpm'
