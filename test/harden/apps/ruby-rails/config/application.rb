require_relative "boot"
require "rails"
require "action_controller/railtie"

module Shop
  class Application < Rails::Application
    config.load_defaults 6.1
    config.eager_load = false
    config.hosts.clear
    config.secret_key_base = "for this sample only"
    config.cache_store = :file_store, Rails.root.join("tmp", "cache")
    routes.append do
      root to: ->(_) { [200, {}, ["sold #{Rails.cache.increment("sold")}, on Rails"]] }
    end
  end
end
