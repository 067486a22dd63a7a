const upload = require('multer')({ dest: 'uploads/' })

module.exports = upload
