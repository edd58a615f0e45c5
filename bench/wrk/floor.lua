-- The same rows of the floor, which has to be told whose: a hundred tenants of $USERS users each, the first user of each, in turn.
local requests, n = {}, 0
init = function()
  for tenant = 1, 100 do
    local user = (tenant - 1) * tonumber(os.getenv("USERS")) + 1
    requests[tenant] = wrk.format("GET", string.format("%s?tenant=01900000-0000-7000-8000-%012x&user=01910000-0000-7000-8000-%012x", wrk.path, tenant, user))
  end
end
request = function()
  n = n % #requests + 1
  return requests[n]
end
