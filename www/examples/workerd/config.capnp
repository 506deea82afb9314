using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "shop", worker = .shop), (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true)))],
  sockets = [(name = "http", address = "127.0.0.1:8080", http = (), service = "shop")],
);

const shop :Workerd.Worker = (
  compatibilityDate = "2026-11-01",
  modules = [
    (name = "worker.js", esModule = embed "dist/worker.js"),
    (name = "evaluator.wasm", wasm = embed "dist/evaluator.wasm"),
  ],
  bindings = [(name = "SITE", fromEnvironment = "SITE"), (name = "SERVER_KEY", fromEnvironment = "SERVER_KEY")],
);
