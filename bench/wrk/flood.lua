-- More than can be done: many clients, each of which thinks $PAUSE milliseconds between two requests. Tells how it was answered, by status.
local kind = os.getenv("FLOOD")
dofile(kind == "login" and "bench/wrk/login.lua" or "bench/wrk/get.lua")
local pause = tonumber(os.getenv("PAUSE"))
local threads = {}
setup = function(thread) threads[#threads + 1] = thread end
delay = function() return math.random(0, 2 * pause) end
answered, refused, honest, wrong = 0, 0, 0, 0
response = function(status, headers)
  if status == 200 then
    answered = answered + 1
  elseif status == 429 or status == 503 then
    refused = refused + 1
    local wait = tonumber(headers["Retry-After"] or headers["retry-after"])
    if wait and wait > 0 then honest = honest + 1 end
  else
    wrong = wrong + 1
  end
end
done = function(summary)
  local thread = threads[1]
  local seconds = summary.duration / 1000000
  local errors = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  print(string.format("FLOOD %.0f %.0f %d %d %d", thread:get("answered") / seconds, thread:get("refused") / seconds, thread:get("refused") - thread:get("honest"), thread:get("wrong"), errors))
end
