# The peer of the web row: the original's kind of server (Flask behind Waitress), with nothing to do but answer /health.
import sys
from flask import Flask, jsonify
from waitress import serve

app = Flask(__name__)


@app.get('/health')
def health():
    return jsonify(status='healthy', docker='connected', discord='ready', containers=50, uptime_seconds=4711)


serve(app, host='127.0.0.1', port=int(sys.argv[1]), threads=4)
