-- A message each, from a hundred tenants in turn.
dofile(os.getenv("TOKENS"))
local requests, n = {}, 0
init = function()
  local body = '{"recipient":"ada@example.com","subject":"Your order","body":"' .. os.getenv("TEXT") .. '"}'
  for i, token in ipairs(tokens) do
    requests[i] = wrk.format("POST", nil, { ["content-type"] = "application/json", authorization = "Bearer " .. token }, body)
  end
end
request = function()
  n = n % #requests + 1
  return requests[n]
end
