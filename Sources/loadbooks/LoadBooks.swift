@main struct LoadBooks { static func main() {} }
