require "webrick"

server = WEBrick::HTTPServer.new(Port: 80)
server.mount_proc("/") do |request, response|
  File.open(ENV.fetch("DATABASE_PATH"), "a") { |file| file.puts request.path }
  response.body = "guests: #{File.readlines(ENV.fetch("DATABASE_PATH")).size}"
end
trap("TERM") { server.shutdown }
server.start
