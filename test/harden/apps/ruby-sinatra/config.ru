require "sinatra/base"

class App < Sinatra::Base
  get "/" do
    File.open("log/visits.log", "a") { |file| file.puts "visit" }
    "visits: #{File.readlines("log/visits.log").size}"
  end
end
run App
