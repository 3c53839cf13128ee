-- Sends the bodies of a file in turn, and says at the end what came of it as one line of JSON.
-- The file: the path, then for each request a line: bearer token, client's address (or nothing), body, between tabs.

local requests = {}
local position = 0

function init(arguments)
  local lines = io.lines(arguments[1])
  local path = lines()
  for line in lines do
    local token, address, body = line:match("^([^\t]*)\t([^\t]*)\t(.*)$")
    local headers = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. token }
    if address ~= "" then headers["X-Forwarded-For"] = address end
    requests[#requests + 1] = wrk.format("POST", path, headers, body)
  end
end

function request()
  position = position % #requests + 1
  return requests[position]
end

function done(summary, latency)
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.6f,"bytes":%d,"refused":%d,"broken":%d,"p50":%.3f,"p99":%.3f}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, errors.status, broken,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3
  ))
end
