-- What a day looks like: mostly who am I, some lists, a message now and then, by a hundred tenants. With $PAUSE, each client thinks for so many milliseconds between two requests, on average.
dofile(os.getenv("TOKENS"))
local pause = tonumber(os.getenv("PAUSE") or "0")
local shares = { { 70, "GET", "/auth/me" }, { 15, "GET", "/users?limit=50" }, { 10, "GET", "/roles" }, { 5, "POST", "/notifications/email" } }
local requests, n = {}, 0
init = function()
  local body = '{"recipient":"ada@example.com","subject":"Your order","body":"' .. os.getenv("TEXT") .. '"}'
  for i, token in ipairs(tokens) do
    for _, share in ipairs(shares) do
      for _ = 1, share[1] do
        requests[#requests + 1] = wrk.format(share[2], wrk.path .. share[3], { ["content-type"] = "application/json", authorization = "Bearer " .. token }, share[2] == "POST" and body or nil)
      end
    end
  end
  for i = #requests, 2, -1 do
    local j = math.random(i)
    requests[i], requests[j] = requests[j], requests[i]
  end
end
request = function()
  n = n % #requests + 1
  return requests[n]
end
if pause > 0 then delay = function() return math.random(0, 2 * pause) end end
