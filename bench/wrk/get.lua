-- The address given, by those who are signed in ($TOKENS), in turn.
dofile(os.getenv("TOKENS"))
local requests, n = {}, 0
init = function()
  for i, token in ipairs(tokens) do requests[i] = wrk.format("GET", nil, { authorization = "Bearer " .. token }) end
end
request = function()
  n = n % #requests + 1
  return requests[n]
end
