global using Microsoft.AspNetCore.Builder;
global using Microsoft.Extensions.DependencyInjection;
global using Shouldly;
global using Xunit;

// What a command or a sample prints is its test's output, and shown where that fails.
[assembly: CaptureConsole]
