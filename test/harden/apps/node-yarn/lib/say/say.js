module.exports = 'said by yarn'
