-- Posts the bodies of a folder round and round. Arguments: folder, number of bodies, path, content type, encoding, version,
-- bearer token or nothing, milliseconds that each connection waits on average before its next request.
local threads = 0

function setup(thread)
  thread:set("first", threads * 11)
  threads = threads + 1
end

function init(arguments)
  local folder, count, path = arguments[1], tonumber(arguments[2]), arguments[3]
  local headers = {
    ["Content-Type"] = arguments[4],
    ["X-Scope-OrgID"] = "bench",
    ["User-Agent"] = "wrk",
  }
  if arguments[5] ~= "identity" then
    headers["Content-Encoding"] = arguments[5]
    headers["X-Prometheus-Remote-Write-Version"] = arguments[6]
  end
  if arguments[7] and arguments[7] ~= "" then
    headers["Authorization"] = "Bearer " .. arguments[7]
  end
  posts = {}
  for number = 0, count - 1 do
    local file = assert(io.open(folder .. "/" .. number, "rb"))
    posts[number] = wrk.format("POST", path, headers, file:read("*a"))
    file:close()
  end
  total, turn = count, first
  local pause = tonumber(arguments[8] or 0)
  if pause > 0 then
    -- wrk waits where this exists.
    function delay() return math.floor(pause * (0.5 + math.random()) + 0.5) end
  end
end

function request()
  turn = (turn + 1) % total
  return posts[turn]
end

-- One line of JSON: times in microseconds, as wrk has them.
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests": %d, "microseconds": %d, "p50": %.1f, "p99": %.1f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
