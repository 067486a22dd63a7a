const express = require('express')
const upload = require('multer')({ dest: 'uploads/' })
const { readdirSync } = require('node:fs')

const app = express()
app.post('/', upload.single('file'), (request, response) => response.send(`kept ${request.file?.size ?? 0}`))
app.get('/', (_, response) => response.send(`${readdirSync('uploads').length} uploads`))
app.get('/try', async (_, response) => {
  const form = new FormData()
  form.set('file', new Blob(['meow']), 'cat.txt')
  const sent = await fetch('http://127.0.0.1:3000/', { method: 'POST', body: form })
  response.send(await sent.text())
})
app.listen(3000)
